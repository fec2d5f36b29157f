"""Networks of the user's own: from a function, a class, a saved model, or a list of layers."""
