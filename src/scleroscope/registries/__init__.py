"""A registry record in, a study out. Foreign names stop here."""
