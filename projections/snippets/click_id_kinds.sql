-- The kinds of click ids that make an ad touch, the one that counts first: contract, section 3, `leads`.
[
    'gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source', 'ttclid', 'msclkid', 'twclid', 'li_fat_id'
]
