"""Facts and rules of FranceConnect as plain values: no framework, no clock, no randomness, no network."""
