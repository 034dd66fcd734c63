-- How many entries of each title the journeys of a workspace have.
SELECT title, category, count() AS entries, uniqExact(contact_id) AS contacts
FROM journey
WHERE workspace_id = {workspace_id:String}
GROUP BY title, category
ORDER BY category DESC, entries DESC, title
