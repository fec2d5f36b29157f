"""A trained network as it is kept: what a study writes of it, and whoever uses it reads.

Who does what: ``description`` is what is needed to use the model of a run; ``features`` is what a
network makes of an image before its last layer, and ``neighbours`` are the images whose features
are nearest, among those that it has ``learned`` from; ``looking`` is what its limits rest on.
"""
