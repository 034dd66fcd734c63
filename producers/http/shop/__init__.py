"""The pages of a small shop, to try the front door out: campaign links, a product, a form, a link to WhatsApp."""
