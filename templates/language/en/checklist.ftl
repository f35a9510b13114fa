# English: checklist
