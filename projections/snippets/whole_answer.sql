-- True, or an error. A limit of bytes or of time that may `break` cuts what lies below a view short, without an error, and a
-- view cannot pin it: the limits of its reader's statement hold for everything that this reads.
toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
