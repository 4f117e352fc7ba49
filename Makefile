# Caravan. On a fresh machine `make demo` and `make test` need nothing before them.
SEEDS ?= 10000
.PHONY: help setup demo test lint chaos bench-allocation bench-auction bench-fleet bench-language bench-platoon \
	bench-sim bench-traffic model clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

setup:  ## everything that is needed, inside this folder
	@scripts/setup

demo: setup  ## the warehouse: goals in plain language, robots that do them
	@.venv/bin/caravan demo

test: setup  ## checks of the code, and all tests
	@scripts/check
	@scripts/run python -m pytest --numprocesses auto --dist worksteal -m "not processes"
	@scripts/run python -m pytest tests/ros -m processes

lint: setup  ## checks of the code alone
	@scripts/check

chaos: setup  ## stories of faults from 10,000 seeds (SEEDS=N), for a night
	@nice .venv/bin/caravan chaos --seeds $(SEEDS) --jobs $$(nproc)

bench-allocation: setup  ## planned tours against the optimum (LILIM=DIR: against Li & Lim, best known)
	@.venv/bin/caravan bench allocation $(if $(LILIM),--lilim $(LILIM)) $(if $(BUDGET),--budget $(BUDGET))

bench-auction: setup  ## a real fleet over DDS: award latency, tasks a minute (ROBOTS=50 TASKS=1000)
	@.venv/bin/caravan bench auction $(if $(ROBOTS),--robots $(ROBOTS)) $(if $(TASKS),--tasks $(TASKS))

bench-fleet: setup  ## a whole fleet at work for simulated hours (ROBOTS=20 HOURS=1 SEED=0; ROS=1: over DDS)
	@.venv/bin/caravan bench fleet $(if $(ROBOTS),--robots $(ROBOTS)) $(if $(HOURS),--hours $(HOURS)) $(if $(SEED),--seed $(SEED)) $(if $(ROS),--ros)

bench-traffic: setup  ## many robots on a grid map (MAP=FILE or MADE=warehouse, AGENTS=1000 STEPS=500 SEEDS=100)
	@.venv/bin/caravan bench traffic $(if $(MAP),--map $(MAP)) $(if $(MADE),--made $(MADE)) \
		$(if $(AGENTS),--agents $(AGENTS)) $(if $(STEPS),--steps $(STEPS)) $(if $(SEEDS),--seeds $(SEEDS))

bench-language: setup  ## how well the models read goals, on sentences they never saw (COUNT=1000 SEED=0)
	@.venv/bin/caravan bench language $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

bench-sim: setup  ## how much faster than time the simulator is (ROBOTS=10,50,100,200)
	@.venv/bin/caravan bench sim $(if $(ROBOTS),--robots $(ROBOTS))

bench-platoon: setup  ## platoons: string stability, collisions, manoeuvres, intersection; plots in out/platoon (SEEDS=1000)
	@.venv/bin/caravan bench platoon $(if $(filter file,$(origin SEEDS)),,--seeds $(SEEDS))
	@.venv/bin/caravan bench intersection

model: setup  ## train the three language models anew (see models/README.md)
	@.venv/bin/python -m pip install --disable-pip-version-check --quiet -r requirements/train.txt
	@for n in 1 2 3; do scripts/run python -m models.training $$n || exit 1; done

clean:  ## remove what set-up and runs have made
	rm -rf .venv build out ros2_ws/build ros2_ws/install ros2_ws/log
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
