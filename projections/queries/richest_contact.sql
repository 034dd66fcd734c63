-- The contact with the most varied journey, for showing one off; a website's visit and a click on an ad included.
SELECT contact_id
FROM journey
WHERE workspace_id = {workspace_id:String}
GROUP BY contact_id
HAVING count() BETWEEN 12 AND 45
ORDER BY uniqExact(title) DESC, count() ASC, contact_id ASC
LIMIT 1
