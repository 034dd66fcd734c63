"""What is answered: the rows of the views as models, from which the OpenAPI document is made."""
