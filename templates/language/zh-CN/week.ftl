# 简体中文: week
