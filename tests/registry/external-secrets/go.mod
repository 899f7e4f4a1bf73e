// Pinned for the tests, which install its custom resource definitions; nothing of it is built.
module gen.test/external-secrets

go 1.26

require github.com/external-secrets/external-secrets v1.3.2
