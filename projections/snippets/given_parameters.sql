-- The same of what the event itself gives, under the names that a URL has: $1 its fields.
arrayFilter(
    parameter -> parameter.2 != '',
    [
        ('utm_source', $1.campaign.source),
        ('utm_medium', $1.campaign.medium),
        ('utm_campaign', $1.campaign.name),
        ('utm_content', $1.campaign.content),
        ('gclid', $1.click_ids.gclid),
        ('gbraid', $1.click_ids.gbraid),
        ('wbraid', $1.click_ids.wbraid),
        ('dclid', $1.click_ids.dclid),
        ('gad_source', $1.click_ids.gad_source),
        ('ttclid', $1.click_ids.ttclid),
        ('msclkid', $1.click_ids.msclkid),
        ('twclid', $1.click_ids.twclid),
        ('li_fat_id', $1.click_ids.li_fat_id),
        ('fbclid', $1.click_ids.fbclid)
    ]
)
