"""Line ends: a summary is one line (contract, section 3), and so is a cell of a terminal's table.

These are Unicode's mandatory line breaks; whatever shows text breaks it there, browsers and editors among them. Other
control characters, and those that turn the direction of writing, are kept in the views, where Arabic and Hebrew need
the latter; commands show them as their escapes.
"""

#: Line feed, vertical tab, form feed, carriage return, next line, line separator, paragraph separator.
LINE_BREAKS = "\n\v\f\r\x85\u2028\u2029"
