# 简体中文：`couponbook watch` 的收件文件夹：放在工作簿旁边、写给经理的答复

watch-about-save = 把填好的工作簿保存到此文件夹。文件完整并关闭后，couponbook 就会读取。
watch-about-answer = 答复文件放在工作簿旁边。处理完的文件移到“{ $done }”文件夹，什么都不会删除。
watch-about-leave = 请保留此文件：couponbook 靠它确认这是正确的文件夹，并且可以访问。

watch-planned = { $workbook }：计划在 { $stores } 家店铺改动 { $changes } 处。尚未发送任何内容。
watch-page = 将要发生的事见 { $page }。
watch-left-out = 另有 { $count } 行不会发送：原因和需要手工处理的内容见 { $page }。
watch-why = 需要有人先看过：
watch-why-nobody-looked = 此文件夹中的内容未经确认不会执行
watch-waits-for = 等待 { $people } 批准。
watch-waits-code = { $people }：把收到的验证码填入 { $page } 的蓝色单元格，保存在此文件夹。
watch-waits-key = { $people }：或运行 { $command }
watch-waits-nobody = 配置中没有人能批准：需要 { $by } 以外、负责全部相关店铺的批准人。请告知操作员。
watch-waits-operator = 操作员也可以发送：{ $command }

watch-applied = { $workbook }：已以 { $by } 的名义执行（运行 { $run }）。
watch-applied-approved = 批准人：{ $people }。
watch-applied-count = { $what }：{ $count }
watch-applied-results = 每一行的结果见 { $results }。它也是下一份工作簿：改好剩下的内容，再保存到此文件夹。
watch-applied-elsewhere = 每一行的结果：couponbook runs show { $run }
watch-not-applied = { $workbook }：计划没有执行，没有发送任何内容。
watch-not-applied-next = 再次把此工作簿（或更新的一份）保存到此文件夹，即可重新计划。

watch-nothing = { $workbook }：没有要发送的内容。
watch-nothing-done = { $count } 行此前已完成。
watch-nothing-odd = { $count } 行被拒绝或有冲突。导出后有人改动了券，或无法执行：请看更新的工作簿。
watch-bad-cells = { $workbook }：有 { $count } 个单元格无法按原意读取。没有发送任何内容。
watch-bad-cells-copy = 已在 { $copy } 中标出。请在那里改正，并保存到此文件夹。
watch-bad-cells-next = 请改正后再次保存到此文件夹。
watch-signed = 已读取检查清单的 { $count } 个签名
watch-cell = { $place }，{ $header }：“{ $found }”；{ $wanted }
watch-cells-more = 另有 { $count } 处
watch-unreadable = { $workbook } 无法计划：
watch-nothing-sent = 没有发送任何内容。
watch-no-export = 它没有写明来自哪次导出：隐藏工作表不见了。请使用导出的原工作簿
watch-other-installation = 它由另一套 couponbook 生成，或导出 { $export } 不在此存档中。请保存到那一套的文件夹
watch-other-snapshot = 它的导出 { $export } 与此存档中的不同。请使用导出的原工作簿
watch-no-part = 它是一次导出的多份工作簿之一，却没有写明是哪一份。请使用导出的原工作簿

watch-approved = { $workbook } 的计划已由 { $person } 批准，正在执行。
watch-not-approved = { $page } 没有批准任何内容：
watch-not-approved-next = 没有发送任何内容。请改正验证码，再次保存到此文件夹。
watch-page-ambiguous = 它有多个验证码单元格，或来自多个计划
watch-page-unknown = 它的计划不在这里等待
watch-page-over = { $workbook } 的计划已不再等待
watch-code-none-left = 没有为此计划发过验证码，或尝试次数过多：操作员可以重新发送
watch-code-wrong = 这不是为此计划发送的验证码
watch-code-too-late = 验证码已过期：操作员可以重新发送
watch-code-may-not = { $why }

watch-duplicate = { $workbook } 与 { $at } 交来的 { $earlier } 完全相同。
watch-duplicate-answers = 它的结果：{ $answers }。
watch-duplicate-next = 没有重复执行。如需做别的事，请修改工作簿，保存后再交来。

watch-waits = { $workbook } 尚未读取：
watch-waits-settling = 它还在写入
watch-waits-open = 有人正打开着它（{ $lock }）。关闭后就会读取
watch-waits-empty = 它是空文件。请重新保存
watch-waits-not-here = 这里只有文件名：同步程序还没有下载它。请为此文件夹选择“始终保留在此设备上”
watch-waits-cut-off = 它的结尾缺失：复制中断了。请重新保存
watch-waits-held = 无法读取（{ $why }）。稍后再试
watch-waits-two-versions = { $other } 是它的另一个版本。请保留一个：把另一个移走，或另取名字
watch-waits-conflict-copy = 两个人同时保存，同步程序把它另存了一份。如果以它为准，请另取名字；否则请移走

watch-later = 暂时无法处理（{ $why }）。稍后会再次尝试，已告知操作员
watch-away = 找不到文件夹 { $inbox }（{ $why }）；其中的内容没有丢失，稍后会再次查找

ping-failed = 监控地址没有收到信号：{ $why }
