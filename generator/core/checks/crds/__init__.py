"""CustomResourceDefinitions, and what they demand of the objects of their kinds."""
