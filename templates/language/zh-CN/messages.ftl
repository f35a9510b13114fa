# 简体中文：发送到频道的消息

messages-stores = { $platform }：{ $count } 家店铺（{ $names }{ $more ->
    [0] {""}
   *[other] 等
}）
messages-sender-died = 程序在频道应答之前已结束
messages-too-slow = 频道未及时应答
messages-no-folder = 没有文件夹 { $folder }；改用内置模板
messages-built-in-instead = { $what }；改用内置模板
messages-too-short = 不足两行：第一行为标题，最后一行为脚注
