# 简体中文: replies
