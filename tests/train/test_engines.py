"""On JAX, the engine that scans does what `fit` does, and several seeds what each does alone."""

from on_jax import check_on_jax


def test_the_engines_agree_on_jax():
    check_on_jax("engines_on_jax.py")
