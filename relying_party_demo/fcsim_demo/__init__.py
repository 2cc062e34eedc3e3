"""Demo services: relying parties of the simulated FranceConnect, built as a real one would be, on Authlib's client.

config         the services, one file each
client         Authlib's client, set as FranceConnect needs it
asking         the authorization request, and what a tester may change in it
keys           the private keys: what is encrypted to a service, what it signs
callback       from the callback's parameters to a verified person
answers        a token of an answer: envelope, signature, audience, level, person, in that order
envelope       the encryption around a signed token
checks         what a careful relying party verifies besides what its library does
logins         finished logins, kept on the server's side
pages          what anybody may look at; sign_in, identity, sign_out: the way of one login; refusals: its errors
scopes         what each scope brings; meanings: the words for each claim and each error
data_provider  an API opened by a citizen's token; invented: what it answers
"""
