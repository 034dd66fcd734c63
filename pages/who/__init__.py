"""Who may: who is asking, and what they may see and do (contract, section 7, Who may).

Three ways lead in: a login with a session, a proxy that has asked an identity provider, and a key for programs. Where
none of them is configured, whoever reaches this machine's own address is an administrator.
"""
