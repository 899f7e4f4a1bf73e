// The container that holds a pod's namespaces, as the container runtime wants one.
module gen.test/pause

go 1.25.0
