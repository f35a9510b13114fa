# 简体中文: 语言本身

# 读者如何称呼它
language-name = 简体中文
# latin 或 han：决定字体、列宽和空格
language-script = han
# Windows 的语言编号（十六进制）：星期和月份在任何电脑上都用这种语言
language-number = 804
# 句末标点
full-stop = 。

# 日期，用 strftime 的字母；星期（%a、%A，从周一起）和月份（%b、%B）的名称在下面
date-day = %-m月%-d日
date-day-of-year = %Y年%-m月%-d日
date-day-short = %-m月%-d日
date-day-long = %Y年%-m月%-d日 %A
date-day-head =
    %-m/%-d
    %a
date-day-head-whole = %-m月%-d日
date-week-head =
    %b
    %-d
date-weekdays = 周一 周二 周三 周四 周五 周六 周日
date-weekdays-long = 星期一 星期二 星期三 星期四 星期五 星期六 星期日
date-months = 1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月
date-months-long = 1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月

# 单元格中的日期，用电子表格的字母
cell-day = m月d日 ddd
cell-day-of-year = yyyy年m月d日
cell-day-time = m月d日 ddd hh:mm
cell-short-day-time = m月d日 hh:mm
# 已看到多少天；第二个用于可能更久时
cell-days = [=0]"今天新增";0" 天"
cell-days-at-least = 0" 天以上"

# 常用时区的城市；其他时区用原名
place-shanghai = 北京
place-singapore = 新加坡
place-hong-kong = 香港
place-taipei = 台北
place-kuala-lumpur = 吉隆坡
place-bangkok = 曼谷
place-jakarta = 雅加达
place-manila = 马尼拉
place-ho-chi-minh = 胡志明市
place-tokyo = 东京
place-london = 伦敦
place-new-york = 纽约
place-los-angeles = 洛杉矶
