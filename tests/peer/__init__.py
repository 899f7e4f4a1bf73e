"""The official peer: models, a server and recordings, run by TensorFlow in an environment of their own."""
