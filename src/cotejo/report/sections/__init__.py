"""The report's sections: each module gathers what the template of its name shows."""
