"""What a trial measures: from the course of its patients to one number, event or rank for each."""
