### tools: the programs are installed, and docker answers
# undo: (asked here too)
for tool in docker kind kubectl; do
  command -v "$tool" >/dev/null || stop "$tool is not installed" 'docs/how-to/provision.md says where to get it'
done
docker info --format '{{.ServerVersion}}' >/dev/null || stop 'docker does not answer' 'sudo systemctl start docker'

### image: the model server with the models in it; docker keeps what has not changed
# undo: docker image rm --force "$IMAGE"
docker build --tag "$IMAGE" --file "$DOCKERFILE" "$MODELS"

### cluster: a kind cluster on this machine, with the ports that the values name
# done: kind get clusters | grep -Fx -- "$CLUSTER" >/dev/null
# undo: kind delete cluster --name "$CLUSTER"
kind create cluster --name "$CLUSTER" --config "$CONFIGURATION" --wait 2m

### load: the image goes to the nodes, which pull nothing; kind passes over what they have
# undo: (the copy goes with the cluster)
kind load docker-image --name "$CLUSTER" "$IMAGE"

### verify: the model answers
gen verify --env "$ENVIRONMENT" --context "$CONTEXT" --wait 2m
