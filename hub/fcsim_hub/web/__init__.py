"""What rooms, endpoints and console share of Flask: the collaborators, one request's visit, languages, pages."""
