"""The commands: a module each, with `arguments(parser)` and `run(args) -> exit code`.

A module is loaded when its command is given, so that no command pays for what another one needs.
"""

COMMANDS = {
    "demo": "bring up six robots, tell them six goals, and watch them work",
    "up": "start a fleet and keep it running until Ctrl-C",
    "say": "tell the fleet, or one robot, a goal in plain language",
    "status": "show goals, tasks and robots",
    "why": "explain why a goal or a task went as it did",
    "cancel": "give up a goal",
    "halt": "stop the wheels of all robots, or of some; --resume lets them drive again",
    "parse": "show what sentences mean, without any robot",
    "sim": "run the simulator alone",
    "roadmap": "make, draw or check the lanes that robots drive on",
    "chaos": "let a fleet live through stories of faults in virtual time, with every law checked",
    "bench": "measure how good and how fast its parts are",
}
