# English: the language itself

# As its readers call it
language-name = English
# latin or han: which faces, widths and spaces its workbooks have
language-script = latin
# Windows' number of the language, in hexadecimal: it keeps weekdays and months in this language on every computer
language-number = 409
# What ends a sentence
full-stop = .

# Dates, in the letters of strftime; the names of weekdays (%a, %A), from Monday, and of months (%b, %B) are below
date-day = %a %-d %b
date-day-of-year = %-d %b %Y
date-day-short = %-d %b
date-day-long = %A %-d %B %Y
date-day-head =
    %a
    %-d %b
date-day-head-whole =
    %a
    %-d %b
date-week-head =
    %b
    %-d
date-weekdays = Mon Tue Wed Thu Fri Sat Sun
date-weekdays-long = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
date-months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
date-months-long = January February March April May June July August September October November December

# The same in cells that hold a date, in the letters of spreadsheets
cell-day = ddd d mmm
cell-day-of-year = d mmm yyyy
cell-day-time = ddd d mmm hh:mm
cell-short-day-time = d mmm hh:mm
# For how many days something has been seen; the second where it may be more
cell-days = [=0]"new today";[=1]0" day";0" days"
cell-days-at-least = 0"+ days"

# Cities whose time people say; another zone is called by its own name
place-shanghai = Shanghai
place-singapore = Singapore
place-hong-kong = Hong Kong
place-taipei = Taipei
place-kuala-lumpur = Kuala Lumpur
place-bangkok = Bangkok
place-jakarta = Jakarta
place-manila = Manila
place-ho-chi-minh = Ho Chi Minh
place-tokyo = Tokyo
place-london = London
place-new-york = New York
place-los-angeles = Los Angeles
