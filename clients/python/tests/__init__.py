"""Tests of evenkeel.py: scripts are started and spoken to as evenkeel does it.

`python3 -m unittest` in the folder above runs those that need Python alone;
`python3 -m unittest tests.frameworks` those that need NumPy and PyTorch.
"""
