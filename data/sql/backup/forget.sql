-- Makes a store of a backup that is brought back.
DROP SCHEMA IF EXISTS clinic.made CASCADE
