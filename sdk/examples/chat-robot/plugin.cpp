// com.example.chat-robot: the notification channel "chat-robot".
#include "robot_channel.hpp"

#include <cinnabar/plugin.hpp>

CINNABAR_PLUGIN(example::RobotChannel)
