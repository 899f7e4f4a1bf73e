### models: every version of a model is whole, and in a folder whose name is a number
gen provision --env "$ENVIRONMENT" --check

### render: the manifests, and the configuration of a kind cluster, from the values
# undo: (rendered/ is kept in git)
gen render --env "$ENVIRONMENT"

### apply: the manifests go to the cluster; objects that are as rendered stay as they are
# undo: (the objects go with the cluster)
kubectl --context "$CONTEXT" apply --filename "rendered/$ENVIRONMENT/"

### wait: every pod is of the newest revision, and ready
for workload in "${WORKLOADS[@]}"; do # NAMESPACE/KIND/NAME
  kubectl --context "$CONTEXT" --namespace "${workload%%/*}" rollout status "${workload#*/}" --timeout 20m
done
