# 简体中文: help
