"""The console: a control API for tests, and pages for people. Its own application, on a port that can be closed.

context          what it works on            problem    errors as application/problem+json
clients          registrations               openapi    the API described
environment      where everything is         pages      what people look at
mails  events    what happened               logins     a login without a browser
"""
