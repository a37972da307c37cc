"""The W3C's tests of SPARQL 1.1 over HTTP, played against a running ``sankofa serve``."""
