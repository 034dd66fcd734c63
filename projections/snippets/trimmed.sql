-- A text without surrounding white space: $1 the text.
replaceRegexpAll($1, '^[\\s\\v\\x{1c}-\\x{1f}\\x{85}\\p{Z}]+|[\\s\\v\\x{1c}-\\x{1f}\\x{85}\\p{Z}]+$', '')
