"""The front door: events over HTTP, answered with 200 once Kafka has acknowledged them (contract, section 8).

`events` takes CloudEvents from services, `whatsapp` takes Meta's webhooks, `tracker/` takes what browsers send, and
`sources/` knows who may send what. `app` puts the routes together, `server` runs them. The commands start it with
`jejak collect`; it needs the extra `jejak[collect]`.
"""
