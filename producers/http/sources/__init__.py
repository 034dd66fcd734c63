"""Who may send events: public keys of web pages, secret keys of services, WhatsApp apps.

They are in one TOML file (`JEJAK_COLLECT_SOURCES`). `model` says what may be in it, `lookup` finds a source by what a
request brings, `watching` reads the file again when it changes, `writing` adds to it, `keys` makes keys.
"""
