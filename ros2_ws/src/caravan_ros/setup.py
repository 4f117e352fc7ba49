from setuptools import find_packages, setup

setup(
    name="caravan_ros",
    version="0.1.0",
    description="Caravan's ROS 2 nodes: thin shells round the core.",
    license="Apache-2.0",
    maintainer="Caravan maintainers",
    maintainer_email="maintainers@caravan.example",
    packages=find_packages(),
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/caravan_ros"]),
        ("share/caravan_ros", ["package.xml"]),
    ],
    install_requires=["setuptools"],
    zip_safe=False,
    entry_points={
        "console_scripts": [
            "agent_node = caravan_ros.agent_node:main",
            "auction_node = caravan_ros.auction_node:main",
            "gz_node = caravan_ros.gz_node:main",
            "sim_node = caravan_ros.sim_node:main",
            "traffic_node = caravan_ros.traffic_node:main",
        ],
    },
)
