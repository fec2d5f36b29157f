"""The models that ship, one file per family; a new file in this folder is found by itself."""
