"""Demo services: relying parties of the simulated FranceConnect, built as a real one would be, on Authlib's client.

config     the services, one file each
client     Authlib's client, set as FranceConnect needs it
checks     what a careful relying party verifies besides
logins     finished logins, kept on the server's side
pages      home, service, identity, logout, errors
meanings   the words for each claim and each error
"""
