"""Rules of `persy request`: which words are taken, and what is shown of an answer.

`arguments` reads words into a request, `masking` keeps the key out of what is printed, `printing`
makes JSON readable on a terminal.
"""
