-- How far the clocks of some workspaces are. Grouped again, because on a cluster every replica answers.
SELECT workspace_id, max(version) AS version
FROM roots_clock
WHERE workspace_id IN {workspace_ids:Array(String)}
GROUP BY workspace_id
