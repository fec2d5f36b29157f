"""The searches of a study: trials on the validation images, before any run is trained."""
