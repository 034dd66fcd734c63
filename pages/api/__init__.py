"""The API (contract, section 7): JSON and CSV below `/api/v1/workspaces/{workspace}/`. One concept a file."""
