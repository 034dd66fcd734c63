-- What the catalogue says of the type of an event, empty where it says nothing: $1 what.
transform(type, [{{ types_with_$1 }}], [{{ values_of_$1 }}], '')
