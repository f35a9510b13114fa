# English: messages to people's channels

messages-stores = { $platform }: { $count } stores ({ $names }{ $more ->
    [0] {""}
   *[other] {" "}and { $more } more
})
messages-sender-died = the program ended before the channel answered
messages-too-slow = the channel did not answer in time
messages-no-folder = has no folder { $folder }; the built-in templates are used
messages-built-in-instead = { $what }; the built-in template is used instead
messages-too-short = comes to fewer than two lines: the first is the title, the last the foot
