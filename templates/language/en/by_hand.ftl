# English: by hand

by-hand-line = Changes that the platform's API cannot make. Make them in its back office; the next export checks, and ticks what it finds done.
by-hand-banner = ✎ You fill in
by-hand-nothing = ✓ Nothing to do by hand.
by-hand-no-values = none
by-hand-column-state = State
by-hand-column-store = Store
by-hand-column-coupon = Coupon
by-hand-column-to-do = To do
by-hand-column-steps = Steps
by-hand-column-values = Exact values to type
by-hand-column-page = Page
by-hand-column-owner = Owner
by-hand-column-due = Due
by-hand-column-done-by = Done by
by-hand-column-note = Note
by-hand-column-row-key = Row key
by-hand-done = ✓ Done
by-hand-closed = ✓ Closed
by-hand-open = { $mark } Open
by-hand-gone = The coupon is gone: nothing is left to do.
by-hand-over = The coupon has ended: decide again.
by-hand-not-seen = ? Not seen: its store did not load whole.
by-hand-seen = Seen by the export of { $day }.
