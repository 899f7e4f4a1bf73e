# The model server with the models in it. The context is the folder of models, which holds NAME/VERSION/saved_model.pb:
#   docker build --file Dockerfile models
FROM tensorflow/serving:2.20.0
COPY . /models/
