-- One row: the newest upload, undo or redo, rule set and review. Whatever changes an answer changes it.
FROM newest_fact()
