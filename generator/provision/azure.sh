### login: az is installed, and logged in
# undo: (asked here too)
command -v az >/dev/null || stop 'az is not installed' 'pip install azure-cli'
command -v kubectl >/dev/null || stop 'kubectl is not installed' 'az aks install-cli'
az account show --query name --output tsv || stop 'az is not logged in' 'az login'

### subscription: everything below is paid by the subscription that the values name
# undo: (asked here too)
[ "$(az account show --query id --output tsv)" = "$SUBSCRIPTION" ] ||
  stop 'az works in another subscription' "az account set --subscription $SUBSCRIPTION"

### providers: the subscription may use the services of Azure that this needs
for provider in Microsoft.ContainerRegistry Microsoft.ContainerService Microsoft.Compute Microsoft.Network; do
  state=$(az provider show --namespace "$provider" --query registrationState --output tsv)
  [ "$state" = Registered ] || stop "$provider is $state" "az provider register --namespace $provider --wait"
done

### quota: the location has nodes of this size, and the subscription has so many cores left
# done: az aks show --resource-group "$GROUP" --name "$CLUSTER" --output none 2>/dev/null
read -r family cores < <(az vm list-skus --location "$LOCATION" --size "$SIZE" --resource-type virtualMachines \
  --query "[?name=='$SIZE'].[family, capabilities[?name=='vCPUs'].value | [0]]" --output tsv) ||
  stop "$SIZE is not to be had in $LOCATION" "az vm list-skus --location $LOCATION --output table"
read -r used limit < <(az vm list-usage --location "$LOCATION" \
  --query "[?name.value=='$family'].[currentValue, limit]" --output tsv) ||
  stop "no quota is known of $family" "az vm list-usage --location $LOCATION --output table"
((limit - used >= cores * NODES)) ||
  stop "$family: $used of $limit cores are in use, and $((cores * NODES)) are needed" \
    'choose fewer or other nodes with gen set, or ask for more: https://aka.ms/azure-quota'

### group: holds everything that follows
# done: [ "$(az group exists --name "$GROUP")" = true ]
# undo: [ -n "$(az resource list --resource-group "$GROUP" --query '[].id' --output tsv)" ] ||
# undo:   az group delete --name "$GROUP" --yes # only if nothing else is in it
az group create --name "$GROUP" --location "$LOCATION" --output none

### registry: images are pushed here, and nodes pull from here
# done: az acr show --name "$REGISTRY" --resource-group "$GROUP" --output none 2>/dev/null
# undo: az acr repository delete --name "$REGISTRY" --repository "$REPOSITORY" --yes || true
# undo: [ -n "$(az acr repository list --name "$REGISTRY" --output tsv)" ] ||
# undo:   az acr delete --name "$REGISTRY" --resource-group "$GROUP" --yes # only if no other image is in it
[ "$(az acr check-name --name "$REGISTRY" --query nameAvailable --output tsv)" = true ] ||
  stop "the registry name $REGISTRY is taken" 'choose another login server with gen set'
az acr create --name "$REGISTRY" --resource-group "$GROUP" --location "$LOCATION" --sku "$SKU" \
  --admin-enabled false --role-assignment-mode rbac --output none
server=$(az acr show --name "$REGISTRY" --query loginServer --output tsv)
[ "$server" = "$LOGIN_SERVER" ] || stop "the registry is at $server, and the values say $LOGIN_SERVER" 'gen set'

### image: the model server with the models in it, built in the registry; a tag that exists is kept
# done: az acr repository show --name "$REGISTRY" --image "$REPOSITORY:$TAG" --output none 2>/dev/null
# undo: (the image goes with the registry)
az acr build --registry "$REGISTRY" --image "$REPOSITORY:$TAG" --platform linux/amd64 --file "$DOCKERFILE" "$MODELS"

### push: the model server with the models in it, built by docker; a tag that exists is kept
# done: az acr repository show --name "$REGISTRY" --image "$REPOSITORY:$TAG" --output none 2>/dev/null
# undo: (the image goes with the registry)
docker build --tag "$IMAGE" --platform linux/amd64 --file "$DOCKERFILE" "$MODELS"
az acr login --name "$REGISTRY"
docker push "$IMAGE"

### cluster: AKS runs the pods
# done: az aks show --resource-group "$GROUP" --name "$CLUSTER" --output none 2>/dev/null
# undo: az aks delete --resource-group "$GROUP" --name "$CLUSTER" --yes
az aks create --resource-group "$GROUP" --name "$CLUSTER" --location "$LOCATION" "${AKS_OPTIONS[@]}" \
  --node-count "$NODES" --no-ssh-key --enable-managed-identity --output none

### attach: the nodes may pull from the registry, without a secret
# undo: (the right goes with the registry)
nodes=$(az aks show --resource-group "$GROUP" --name "$CLUSTER" \
  --query identityProfile.kubeletidentity.objectId --output tsv)
scope=$(az acr show --name "$REGISTRY" --query id --output tsv)
granted=$(az role assignment list --assignee "$nodes" --role AcrPull --scope "$scope" --query '[].id' --output tsv)
[ -n "$granted" ] ||
  az aks update --resource-group "$GROUP" --name "$CLUSTER" --attach-acr "$REGISTRY" --output none ||
  stop 'this login may not give the right to pull; an Owner of the registry may:' \
    "az role assignment create --role AcrPull --assignee-object-id $nodes --scope $scope"

### credentials: kubectl reaches the cluster
# undo: kubectl config delete-context "$CONTEXT" || true
az aks get-credentials --resource-group "$GROUP" --name "$CLUSTER" --context "$CONTEXT" --overwrite-existing

### token: a user of the registry that can pull this repository and nothing else
# done: az acr token show --name "$TOKEN" --registry "$REGISTRY" --output none 2>/dev/null
# undo: az acr token delete --name "$TOKEN" --registry "$REGISTRY" --yes
az acr token create --name "$TOKEN" --registry "$REGISTRY" --repository "$REPOSITORY" \
  content/read metadata/read --no-passwords true --output none
rm -f "$SECRET" # it would hold the password of an earlier token

### secret: a password of the token, in a Secret that git ignores
# done: [ -f "$SECRET" ]
# undo: rm -f "$SECRET"
az acr token credential generate --name "$TOKEN" --registry "$REGISTRY" --password1 --only-show-errors |
  gen render --env "$ENVIRONMENT" --registry-credentials -

### pin: the digest of the tag goes into the values, so that nodes run these very bytes; commit it
# undo: (the values are kept in git)
az acr login --name "$REGISTRY" --expose-token --only-show-errors --output json |
  gen pin --env "$ENVIRONMENT" --registry-credentials -

### verify: the model answers
gen verify --env "$ENVIRONMENT" --context "$CONTEXT" --wait 5m --port-forward
